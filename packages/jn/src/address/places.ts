import { constants, fstatSync } from "node:fs";
import { DescriptorSource, ioError, openSource, type Source } from "@jn/wire";
import type { OpenPlace } from "./plan.ts";
import { standardInput } from "./standard-input.ts";

/**
 * Opens a place for reading.
 *
 * @param name how messages call it
 * @throws WireError `IO`
 */
export function openPlace(place: OpenPlace, name: string): Source {
  switch (place.kind) {
    case "file":
      return openSource(place.path);
    case "standard":
      return standardInput();
    case "descriptor":
      return new DescriptorSource(usableDescriptor(place.fd), name);
    case "member":
    case "url":
      throw ioError("open", name, "");
  }
}

/**
 * The same number, if a file, pipe, device or socket is open there. Node keeps descriptors of its own that are none of
 * these (epoll, eventfd); to read one of them would stop the program for ever.
 *
 * @throws WireError `IO`
 */
export function usableDescriptor(fd: number): number {
  let mode;
  try {
    mode = fstatSync(fd).mode;
  } catch (error) {
    throw ioError("use", `descriptor ${fd}`, error);
  }
  if ((mode & constants.S_IFMT) !== 0) return fd;
  throw ioError("use", `descriptor ${fd}`, "nobody opened it for jn");
}
