import { CuprumError, streamBackend } from "cuprum";

/** Which stream backend carries tapped hops of pipelines that jn starts, and why, in one line. */
export function backendLine(): string {
  try {
    const { backend, why } = streamBackend();
    return `stream backend: ${backend.name} (${why})`;
  } catch (error) {
    if (!(error instanceof CuprumError)) throw error;
    return `stream backend: none (${error.message})`;
  }
}
