/** The version of this package and of its native module; a test compares it with package.json. */
export const VERSION: string = "0.1.0";
