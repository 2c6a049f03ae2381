/** A URL for people: without passwords, and without the values in its query, which may be secret. */
export function shownUrl(url: string): string {
  const [, scheme = "", rest = ""] = /^([^:]*:\/\/)(.*)$/s.exec(url) ?? [];
  const withoutUser = rest.replace(/^[^/?#]*@/, "***@");
  return scheme + withoutUser.replace(/\?.*$/s, (query) => query.replaceAll(/=[^&#~]*/g, "=***"));
}
