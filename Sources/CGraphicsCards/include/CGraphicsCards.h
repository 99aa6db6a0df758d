#pragma once

/// What NVIDIA's driver says of one card; what it does not say is below zero.
typedef struct {
  double busy_percent;
  double used_bytes, total_bytes;
  double watts, watt_limit;
} cgraphics_card;

/// Writes what the driver says of the first `room` cards to `cards`; returns how many there are, 0 without a driver.
///
/// The driver's library is looked for with the first call.
int cgraphics_read(cgraphics_card *cards, int room);
