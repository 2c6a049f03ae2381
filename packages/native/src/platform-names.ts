/**
 * What the compiled module for this platform may be called, as in `linux-x64-gnu`; none where there can be no module.
 *
 * Which C library Node was linked with is not asked, because that takes Node 7 ms to tell: a build makes, and an installer
 * installs, only the right one.
 */
export function platformNames(): readonly string[] {
  const { platform, arch } = process;
  if (arch !== "x64" && arch !== "arm64") return [];
  if (platform === "darwin") return [`darwin-${arch}`];
  return platform === "linux" ? [`linux-${arch}-gnu`, `linux-${arch}-musl`] : [];
}
