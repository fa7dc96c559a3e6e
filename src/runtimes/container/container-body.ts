/** The request that makes a container. */
import { buildVariables, substitute } from '../placement/variables.ts'
import { labelsOf } from './labels.ts'
import type { StartInput } from './order-input.ts'
import { type Wiring, wiringBody } from './placing.ts'
import type { ContainerRecord } from './record.ts'

/** What a container is made from. */
export interface ContainerParts {
  readonly input: StartInput
  readonly record: ContainerRecord
  /** The image, as the engine is asked for it. */
  readonly image: string
  readonly wiring: Wiring
  /** Where inherited variables are taken from. */
  readonly settings: Readonly<Record<string, string>>
}

/** The body of the request. The engine must never restart it: only a ramp starts components. */
export function containerBody(parts: ContainerParts): object {
  const { input, record, image, wiring } = parts
  const { entrypoint, command, cwd, user, mounts } = input
  const told = (words: readonly string[]): readonly string[] =>
    words.map((word) => substitute(word, wiring.own))
  const { HostConfig, ...rest } = wiringBody(wiring)
  return {
    Image: image,
    ...(entrypoint === undefined ? {} : { Entrypoint: told(entrypoint) }),
    ...(command === undefined ? {} : { Cmd: told(command) }),
    ...(cwd === undefined ? {} : { WorkingDir: cwd }),
    ...(user === undefined ? {} : { User: user }),
    Env: variablesOf(parts),
    Labels: labelsOf(record),
    ...rest,
    HostConfig: {
      ...HostConfig,
      RestartPolicy: { Name: 'no' },
      Mounts: mounts.map(({ source, target, access }) => ({
        Type: 'bind',
        Source: source,
        Target: target,
        ReadOnly: access === 'read',
      })),
    },
  }
}

function variablesOf({ input, record, wiring, settings }: ContainerParts): readonly string[] {
  const { inherit, env } = input
  const { instance, subject, workspace } = record
  const marks = { instance, subject, workspace }
  const variables = buildVariables({ inherit, settings, env, placement: wiring.own, marks })
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`)
}
