export { didYouMean } from "@jn/wire";
