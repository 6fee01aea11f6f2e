/** The command's inside, for `bin/skein-planner.mjs` and for programs that want its texts. */
export { type CommandOption, commands } from "./options.ts";
export { type CommandResult, runCommand, usage } from "./run-command.ts";
