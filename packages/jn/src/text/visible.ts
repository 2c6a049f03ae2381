export { snippet, visible } from "@jn/wire";
