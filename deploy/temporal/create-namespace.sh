#!/bin/sh
# Makes the namespace when it is not there. Closed workflows stay visible for 30 days, as long as
# the tombstones of wishes are kept.
set -eu

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
