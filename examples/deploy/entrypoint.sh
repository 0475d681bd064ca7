#!/bin/sh
# Waits for the database, migrates it, then becomes the service. Any number of containers may start at once: one of them
# runs the revisions, the others wait for it and find nothing left to do.
set -eu

migrate upgrade head --wait 60s --lock-timeout 5m

# `exec`, so that the service gets the signals of the container.
exec "$@"
