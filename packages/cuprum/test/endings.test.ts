import { endsOfPipelines } from "./support/ending-cases.ts";
import { forEachWiring } from "./support/wirings.ts";

forEachWiring(endsOfPipelines);
