/** The input of the `exec` probe: a command whose exit code is the answer. */
import { z } from 'zod'
import type { JsonObject } from '../../core/units/json.ts'
import { byteCount, exitCode, oneOrMany } from './amount.ts'
import { templated } from './template.ts'

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable')

/** The object itself. The command is run as it stands, never through a shell. */
export const execInput: z.ZodType<JsonObject> = z.strictObject({
  command: z.array(z.string()).min(1).describe('Program and arguments; no shell is involved.'),
  cwd: z.string().min(1).exactOptional().describe('Folder to run it in.'),
  env: z
    .record(variableName, z.string())
    .exactOptional()
    .describe('All variables it gets, besides PATH and HOME.'),
  expect: oneOrMany(exitCode).exactOptional().describe('Codes that pass.').meta({ default: 0 }),
  notYet: oneOrMany(exitCode)
    .exactOptional()
    .describe('Codes that say: not yet.')
    .meta({ default: 75 }),
  terminal: oneOrMany(exitCode)
    .exactOptional()
    .describe('Codes that say: asking again is of no use.'),
  stdoutJson: templated(z.boolean())
    .exactOptional()
    .describe('Whether standard output must be JSON; it becomes evidence.json.')
    .meta({ default: false }),
  outputLimit: byteCount
    .exactOptional()
    .describe('Most output that is read of each stream; a command that puts out more fails.')
    .meta({ default: '64KiB' }),
})
