import { bytesOfPipelines } from "./support/wiring-cases.ts";
import { forEachWiring } from "./support/wirings.ts";

forEachWiring(bytesOfPipelines);
