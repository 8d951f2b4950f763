#!/usr/bin/env bash
# Debian's packages are all of it: see the .packages file.
