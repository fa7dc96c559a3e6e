/** What the engine's answers must have, and nothing more: they carry far more than is needed. */
import { z } from 'zod'

/** What is known of one container. */
export interface ContainerFacts {
  readonly id: string
  readonly imageId: string
  /** `created`: it has never run. */
  readonly status: 'created' | 'running' | 'ended'
  /** Its first process, as the engine's machine numbers it; 0 when it does not run. */
  readonly pid: number
  readonly exitCode: number
  readonly endedAtMs: number | undefined
  readonly labels: Readonly<Record<string, string>>
}

/** One row of a list. */
export interface ListedContainer {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
}

/** What is known of one image. */
export interface ImageFacts {
  /** Digest of its configuration, the same wherever the image is. */
  readonly id: string
  /** Digests by which registries know it: `repository@sha256:…`. */
  readonly repoDigests: readonly string[]
}

/** Something that happened to a container. */
export interface EngineEvent {
  readonly action: string
  readonly container: string
  readonly labels: Readonly<Record<string, string>>
  readonly exitCode: number | undefined
  readonly atMs: number | undefined
}

const LABELS = z.record(z.string(), z.string()).nullish()

export const VERSION: z.ZodType<{ readonly ApiVersion: string }> = z.object({
  ApiVersion: z.string().regex(/^\d+\.\d+$/),
})

export const CREATED: z.ZodType<{ readonly Id: string }> = z.object({ Id: z.string().min(1) })

export const NETWORK: z.ZodType<{ readonly Labels?: Record<string, string> | null | undefined }> =
  z.object({ Labels: LABELS })

export const CONTAINER: z.ZodType<ContainerFacts> = z
  .object({
    Id: z.string(),
    Image: z.string(),
    State: z.object({
      Status: z.string(),
      Pid: z.number().int().default(0),
      ExitCode: z.number().int().default(0),
      FinishedAt: z.string().nullish(),
    }),
    Config: z.object({ Labels: LABELS }),
  })
  .transform(({ Id, Image, State, Config }) => ({
    id: Id,
    imageId: Image,
    status: statusOf(State.Status),
    pid: State.Pid,
    exitCode: State.ExitCode,
    endedAtMs: instantOf(State.FinishedAt),
    labels: Config.Labels ?? {},
  }))

export const CONTAINER_LIST: z.ZodType<readonly ListedContainer[]> = z.array(
  z
    .object({ Id: z.string(), Labels: LABELS })
    .transform(({ Id, Labels }) => ({ id: Id, labels: Labels ?? {} })),
)

export const IMAGE: z.ZodType<ImageFacts> = z
  .object({ Id: z.string(), RepoDigests: z.array(z.string()).nullish() })
  .transform(({ Id, RepoDigests }) => ({
    id: Id.startsWith('sha256:') ? Id : `sha256:${Id}`,
    repoDigests: RepoDigests ?? [],
  }))

const EVENT: z.ZodType<EngineEvent> = z
  .object({
    Action: z.string(),
    Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).nullish() }),
    timeNano: z.number().optional(),
  })
  .transform(({ Action, Actor, timeNano }) => {
    const labels = Actor.Attributes ?? {}
    const code = labels['exitCode']
    return {
      action: Action,
      container: Actor.ID,
      labels,
      exitCode: code === undefined ? undefined : Number(code),
      atMs: timeNano === undefined ? undefined : Math.round(timeNano / 1e6),
    }
  })

/** The event in a line; undefined when it is of no interest or not whole. */
export function parseEvent(line: string): EngineEvent | undefined {
  try {
    return EVENT.safeParse(JSON.parse(line)).data
  } catch {
    // Cut off: the connection has broken, and everything is looked at again anyway.
    return undefined
  }
}

function statusOf(status: string): ContainerFacts['status'] {
  if (['created', 'configured', 'initialized'].includes(status)) return 'created'
  // Paused and restarting ones still have something of theirs alive.
  return ['exited', 'dead', 'stopped', 'removing'].includes(status) ? 'ended' : 'running'
}

function instantOf(text: string | null | undefined): number | undefined {
  const ms = text == null ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms
}
