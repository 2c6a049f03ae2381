/**
 * Whether a promise settles within `ms` milliseconds. The promise must not reject.
 *
 * What has happened by then, but was not noticed because this process was busy, still counts: the event loop runs timers
 * before it looks at descriptors and at children that have ended.
 */
export async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => setImmediate(resolve, false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), over]);
  } finally {
    clearTimeout(timer);
  }
}
