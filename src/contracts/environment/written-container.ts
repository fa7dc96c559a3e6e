/** How a container, and a component that somebody else runs, is written. */
import * as z from 'zod'

/** An image to run. */
export interface WrittenContainer {
  readonly image: string
  readonly allowTag?: boolean
  readonly pull?: 'missing' | 'never'
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly cwd?: string
  readonly user?: string
  readonly networks?: readonly string[]
  readonly mounts?: readonly WrittenMount[]
}

/** A folder or file of this machine, seen inside. */
export interface WrittenMount {
  readonly source: string
  readonly target: string
  readonly access?: 'read' | 'write'
}

/** Where somebody else runs it. */
export interface WrittenExternal {
  readonly host: string
  readonly ports?: Readonly<Record<string, string | number>>
}

const text = z
  .string()
  .min(1)
  .refine((word) => !word.includes('\0'), 'text without a NUL character')

// Numbers are what people mean by `sleep 5`; fractions would lose their zeros (`1.10`).
const words = z.array(z.union([text, z.int().transform(String)]), {
  error: 'a list of words, such as [node, server.ts]',
})

const absolute = z.string().startsWith('/', 'an absolute path inside the container')

const portNumber = z.int().min(1).max(65_535)

/** A port's number inside. */
export const innerPort: z.ZodType<number> = portNumber

/** The schema of `run.container`. */
export const writtenContainer: z.ZodType<WrittenContainer> = z.strictObject({
  image: text.describe('Image by digest, such as registry/shop/api@sha256:…; may be a template.'),
  allowTag: z
    .boolean()
    .exactOptional()
    .describe('Whether an image may be named by tag alone, which is another image tomorrow.')
    .meta({ default: false }),
  pull: z
    .enum(['missing', 'never'])
    .exactOptional()
    .describe('Whether an image that the engine does not have is fetched.')
    .meta({ default: 'missing' }),
  entrypoint: words.min(1).exactOptional().describe("Program, instead of the image's own."),
  command: words.exactOptional().describe("Arguments, instead of the image's own."),
  cwd: absolute.exactOptional().describe("Folder to run in, inside; absent: the image's own."),
  user: text.exactOptional().describe("User inside; absent: the image's own."),
  networks: z
    .array(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'a name of letters, digits, _, . and -'),
    )
    .exactOptional()
    .describe('Networks of the environment, in which components find each other; or host, or none.')
    .meta({ default: [] }),
  mounts: z
    .array(
      z.strictObject({
        source: text.describe("Folder or file of this machine, relative to the contract's own."),
        target: absolute.describe('Where it is seen inside.'),
        access: z
          .enum(['read', 'write'])
          .exactOptional()
          .describe('What the container may do with it.')
          .meta({ default: 'read' }),
      }),
    )
    .exactOptional()
    .describe('Folders and files of this machine that it sees.'),
})

/** The schema of `run.external`. */
export const writtenExternal: z.ZodType<WrittenExternal> = z.strictObject({
  host: text.describe('Where it is; may be a template of settings.'),
  ports: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,30}$/), z.union([portNumber, text]))
    .exactOptional()
    .describe('Its ports by name; may be templates of settings.'),
})
