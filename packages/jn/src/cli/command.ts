import type { ExitCode, Transcoder } from "@jn/wire";
import type { Address } from "../address/address.ts";
import type { ReadContext } from "../address/records-in.ts";
import type { BadRecords } from "../bad-records/bad-records.ts";
import type { StageMeter } from "../pipeline/stage-meter.ts";
import type { Flags } from "./arguments.ts";

/** One flag, as data: the parser, the help and the reference page are made from it. */
export interface FlagSpec {
  /** The long name, without dashes. */
  readonly name: string;
  /** The short name, one letter. */
  readonly short?: string;
  /** What its values are called in the help, one for each value it takes. Default: none, the flag is a switch. */
  readonly values?: readonly string[];
  /** Whether it may be given more than once. */
  readonly repeatable?: boolean;
  readonly help: string;
}

/** An example that is shown in the help and executed as a test, in a folder with `files`. */
export interface Example {
  readonly title: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What one types into a shell. */
  readonly command: string;
  /** What it then prints. */
  readonly output: string;
}

/** One command: everything that is known about it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The arguments after the name, as shown in the usage line: `[ADDRESS...]`. */
  readonly usage: string;
  /** How many arguments that are no flags it takes: least and most. */
  readonly positionals: readonly [least: number, most: number];
  /** Paragraphs for the help. */
  readonly details: readonly string[];
  readonly flags: readonly FlagSpec[];
  /** Whether everything after the first argument that is no flag belongs to a program that it names. Default false. */
  readonly namesProgram?: boolean;
  /** Whether its addresses are read or written, if it has some: the help then lists the formats' options. */
  readonly addresses: "read" | "write" | "none";
  readonly examples: readonly Example[];
  run(invocation: Invocation): Promise<ExitCode>;
  /**
   * What it does as a part of a process that does more; undefined: it needs a process of its own with these arguments.
   *
   * @param input how messages call what it reads, when that is no address
   */
  readonly fuse?: {
    /** The flags that it knows of; with any other one it needs a process of its own. */
    readonly flags: readonly string[];
    readonly stage: (invocation: Invocation, input: string) => Promise<FusedStage | undefined>;
  };
}

/** A command as a part of a process. */
export interface FusedStage {
  /** What it reads, when it is the first one. */
  readonly addresses: readonly Address[];
  readonly context: ReadContext;
  /** From records to records; undefined: it passes them on. */
  readonly transcoder: Transcoder | undefined;
  /** Where the records go to, when it is the last one. */
  readonly target?: Address;
}

/** A command line that has been checked against the command's flags. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly flags: Flags;
  /** Prints a warning to standard error, with the command's name. */
  readonly warn: (message: string) => void;
  /** What everything that reads records is told. */
  readonly context: RecordContext;
  /** Measures this process; undefined: nothing is to be measured. */
  readonly meter?: StageMeter | undefined;
  /** All commands, for one that runs others, or speaks of them. */
  readonly commands: CommandTable;
}

/** The commands that there are; each is loaded when it is asked for. */
export interface CommandTable {
  readonly names: readonly string[];
  readonly named: (name: string) => Promise<Command | undefined>;
  readonly all: () => Promise<readonly Command[]>;
}

/** What the flags that all commands have say about records. */
export interface RecordContext {
  /** Longest record accepted, in bytes. */
  readonly maxRecordBytes: number;
  /** Takes records that are none; undefined: they are errors. */
  readonly bad: BadRecords | undefined;
  readonly warn: (message: string) => void;
}
