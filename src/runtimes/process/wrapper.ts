/**
 * The wrapper: a few lines of POSIX shell between the daemon and the component. It makes a start
 * happen at most once, and remembers the exit code when nobody is there to see it.
 *
 * `$0` is the instance's folder, `$@` the command. Only built-ins are used on Linux, so that it
 * works with any PATH and ends within a fraction of a millisecond of the component:
 * - The claim is a file made with noclobber: of two wrappers of one start, one leaves at once.
 * - The claim holds the wrapper's start time, so its identity is known even if the daemon dies now.
 * - Signals to the group are caught by `:`, which the shell resets in the component, so that the
 *   component gets them and the wrapper survives to write the exit code.
 * - The shell's own words ("Killed") go nowhere; the component's standard error is handed through.
 *   The parentheses are for that: without them some shells redirect themselves while they wait.
 * - Sockets that the component inherits come from descriptor 3 on, so that its own copy is the last
 *   one that every POSIX shell can name, 9.
 */
export const WRAPPER = `set -C
if [ -r /proc/$$/stat ]; then read -r RAMPART_CLAIM < /proc/$$/stat
else RAMPART_CLAIM="$$ $(LC_ALL=C ps -o lstart= -p $$)"; fi
{ echo "$RAMPART_CLAIM" > "$0/pid"; } 2>/dev/null || exit 125
unset RAMPART_CLAIM
trap : TERM INT HUP QUIT USR1 USR2 ALRM
exec 9>&2 2>/dev/null
(exec "$@" 2>&9 9>&-)
RAMPART_CODE=$?
echo "$RAMPART_CODE" > "$0/exit"
exit "$RAMPART_CODE"
`
