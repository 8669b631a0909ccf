#!/bin/sh
# guard.sh TEMP TOKEN: waits until its standard input ends, which is when the process at the other end of the pipe is gone,
# however it died; then kills the servers whose folder carries TOKEN, in its owner file or its name, and removes the folders.
# With </dev/null it does so at once.
TEMP=$1
TOKEN=$2

while read -r _; do :; done

# The processes that write to a folder: its server, or a copy that still fills it.
writers() {
  if [ -d /proc/self ]; then
    # The pattern goes by standard input, so that grep does not find itself.
    printf '%s' "$1/data" | grep -lF -f - /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ pid _; do
      echo "$pid"
    done
  else
    cat "$1/server.pid" 2>/dev/null
  fi
}

is_ours() {
  case $1 in *."$TOKEN") return 0 ;; esac
  [ -f "$1/owner" ] && read -r token <"$1/owner" && [ "$token" = "$TOKEN" ]
}

# More than once, because a process that was just being spawned shows its arguments a moment later.
round=0
while [ $round -lt 4 ]; do
  for folder in "$TEMP"/comeback-db-*; do
    is_ours "$folder" || continue
    for pid in $(writers "$folder"); do kill -9 "$pid" 2>/dev/null; done
    # The owner file goes last: without it nobody would know whose the rest is.
    [ $round -gt 0 ] && rm -rf "$folder/data" 2>/dev/null && rm -rf "$folder" 2>/dev/null
  done
  round=$((round + 1))
  sleep 0.1 2>/dev/null || sleep 1
done
exit 0
