// NVIDIA's management library (NVML) comes with the driver, so that builds have neither its header nor the file. The
// functions and structures here are those of its stable interface.
//
// See: NVIDIA, "NVML API Reference Guide", chapters "Device Queries" and "Initialization and Cleanup".

#include "CGraphicsCards.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

typedef void *device;

static struct {
  int (*init)(void);
  int (*count)(unsigned *);
  int (*handle)(unsigned, device *);
  int (*utilization)(device, unsigned busy[2]);
  int (*memory)(device, unsigned long long total_free_used[3]);
  int (*power)(device, unsigned *);
  int (*power_limit)(device, unsigned *);
} nvml;

static int is_there;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int load(void *library, void *target, const char *symbol) {
  void *found = dlsym(library, symbol);
  if (found) memcpy(target, &found, sizeof found);
  return found != 0;
}

static void load_all(void) {
  void *library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  is_there = library && load(library, &nvml.init, "nvmlInit_v2") && load(library, &nvml.count, "nvmlDeviceGetCount_v2")
      && load(library, &nvml.handle, "nvmlDeviceGetHandleByIndex_v2")
      && load(library, &nvml.utilization, "nvmlDeviceGetUtilizationRates")
      && load(library, &nvml.memory, "nvmlDeviceGetMemoryInfo") && load(library, &nvml.power, "nvmlDeviceGetPowerUsage")
      && load(library, &nvml.power_limit, "nvmlDeviceGetEnforcedPowerLimit") && nvml.init() == 0;
}

int cgraphics_read(cgraphics_card *cards, int room) {
  unsigned count = 0;
  pthread_once(&once, load_all);
  if (!is_there || nvml.count(&count) != 0) return 0;
  for (unsigned index = 0; index < count && (int)index < room; index++) {
    unsigned busy[2], milliwatts;
    unsigned long long bytes[3];
    device card;
    cards[index] = (cgraphics_card){-1, -1, -1, -1, -1};
    if (nvml.handle(index, &card) != 0) continue;
    if (nvml.utilization(card, busy) == 0) cards[index].busy_percent = busy[0];
    if (nvml.memory(card, bytes) == 0) {
      cards[index].total_bytes = (double)bytes[0];
      cards[index].used_bytes = (double)bytes[2];
    }
    if (nvml.power(card, &milliwatts) == 0) cards[index].watts = milliwatts / 1000.0;
    if (nvml.power_limit(card, &milliwatts) == 0) cards[index].watt_limit = milliwatts / 1000.0;
  }
  return (int)count;
}
