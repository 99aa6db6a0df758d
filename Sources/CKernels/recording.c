#include "recording.h"

static _Thread_local struct ck_recording state;

struct ck_recording *ck_recording_state(void) { return &state; }
