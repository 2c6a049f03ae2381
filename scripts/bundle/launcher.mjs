// The first lines of the jn command: shell and JavaScript at once.
//
// To JavaScript the second line is a string and a comment. To sh(1), which the first line asks for in place of env(1), it is a program
// of builtins that takes no longer than env does: when standard output is a pipe, it puts the mark of this process into the folder of
// marks, named INODE-PID, and becomes Node, which keeps the process id. So there is a mark before Node begins to start, and a stage that
// is killed during its start-up is seen by the stage downstream (packages/jn/src/pipeline/stage-mark.ts, mark-folder.ts).
//
// The inode is in fdinfo since Linux 5.14. `set -C` opens with O_EXCL, so that nothing that is there is followed or emptied.
const MARK = [
  "[ -p /dev/stdout ] && [ -r /proc/self/fdinfo/1 ] && {",
  'while read -r jn_k jn_v jn_x; do [ "$jn_k" = Uid: ] && jn_u=$jn_v && break; done </proc/self/status;',
  'while read -r jn_k jn_v; do [ "$jn_k" = ino: ] && jn_i=$jn_v && break; done </proc/self/fdinfo/1;',
  "jn_d=${XDG_RUNTIME_DIR:-${TMPDIR:-${TMP:-${TEMP:-/tmp}}}}/jn-$jn_u;",
  '[ -d "$jn_d" ] || mkdir -m 700 "$jn_d"; set -C;',
  '[ -n "$jn_i" ] && [ -O "$jn_d" ] && [ ! -h "$jn_d" ] && true >"$jn_d/$jn_i-$$";',
  "} 2>/dev/null;",
].join(" ");

/** The program, so that it begins with these lines. */
export function withLauncher(code) {
  return `#!/bin/sh\n":" //; ${MARK} exec node "$0" "$@"\n${code}`;
}
