/**
 * The files under packages/*\/src that may use process.stdin, process.stdout or process.stderr: path -> reason.
 *
 * Stage programs may not: the first touch sets O_NONBLOCK on a descriptor that the neighbours in the pipeline share. A file
 * belongs here only when it runs in a program that is no stage, and says so in its reason. lint/test fails on a stale entry.
 */
export const standardStreamUsers = new Map([]);
