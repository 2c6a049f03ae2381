export { gitCheckout, type GitCheckoutOptions, gitRevParse, gitStatus } from "./git.ts";
export { type GitRef, gitRef, type GitRevision, gitRevision } from "./git-ref.ts";
export { type RsyncOptions, rsyncSync } from "./rsync.ts";
export { type SafePath, safePath, type SafePathOptions } from "./safe-path.ts";
export { tarCreate, type TarCreateOptions, tarExtract } from "./tar.ts";
