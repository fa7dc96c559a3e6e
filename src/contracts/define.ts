/** Contracts written in TypeScript: typed helpers that return plain documents. */
import type { JsonObject } from '../core/units/json.ts'
import { API_VERSION } from './contract.ts'
import type { ProbeName } from './probes/index.ts'

/** A document that a program made, ready to be parsed like one from a file. */
export interface DefinedDocument {
  readonly apiVersion: typeof API_VERSION
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: object
}

/** A duration as it is written: `250ms`, `10s`, `1h30m`. */
export type DurationText =
  | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`
  | `${number}${'m' | 'h' | 'd'}${string}`

/** How far a needed component must have come. @default 'ready' */
export type UntilText = 'started' | 'provisional' | 'ready' | 'completed'

/** What a failure or a breach leads to. @default 'undo' */
export type BreachText = 'hold' | 'abort' | 'undo' | 'undoRegion' | 'ignore'

/** One thing that must be proved: a probe under its name, and how firmly it must pass. */
export type ConditionOptions = {
  readonly [Name in ProbeName]?: JsonObject[string]
} & {
  readonly name?: string
  readonly when?: string
  readonly consecutive?: number
  readonly holdFor?: DurationText
  readonly deadline?: DurationText
  readonly timeout?: DurationText
  readonly every?:
    | DurationText
    | {
        readonly first?: DurationText
        readonly most?: DurationText
        readonly watch?: DurationText
      }
  readonly onBreach?: BreachText
  readonly watch?: 'none' | 'current' | 'ramp'
  readonly tolerate?: { readonly failures?: number; readonly for?: DurationText }
}

/** A component of the same region, or `eu/db`; how far it must have come, and whether it is drained. */
export type NeedText<Name extends string> =
  | Name
  | `${string}/${Name}`
  | ({ readonly [Needed in Name | `${string}/${Name}`]?: UntilText } & { readonly drain?: boolean })

/** Where clients reach a proxy that carries a front. */
export interface CarrierOptions {
  /** A literal address. @default '127.0.0.1' */
  readonly host?: string
  readonly port: number
}

/** A component. */
export interface ComponentOptions<Name extends string = string> {
  readonly owner?: string
  readonly description?: string
  readonly regions?: readonly string[]
  readonly needs?: readonly NeedText<NoInfer<Name>>[]
  readonly run?: {
    /** Exactly one of `command`, `container` and `external`. */
    readonly command?: readonly (string | number)[]
    readonly container?: {
      readonly image: string
      readonly allowTag?: boolean
      readonly pull?: 'missing' | 'never'
      readonly entrypoint?: readonly (string | number)[]
      readonly command?: readonly (string | number)[]
      readonly cwd?: string
      readonly user?: string
      readonly networks?: readonly string[]
      readonly mounts?: readonly {
        readonly source: string
        readonly target: string
        readonly access?: 'read' | 'write'
      }[]
    }
    readonly external?: {
      readonly host: string
      readonly ports?: Readonly<Record<string, string | number>>
    }
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string | number>>
    readonly inherit?: readonly string[]
    readonly oneShot?: boolean
    readonly ports?: Readonly<
      Record<
        string,
        {
          readonly container?: number
          readonly protocol?: 'tcp' | 'udp'
          readonly address?: string
          readonly inherit?: boolean
        }
      >
    >
  }
  readonly ready?: readonly ConditionOptions[]
  readonly deadline?: DurationText
  readonly onBreach?: BreachText
  readonly retry?: { readonly limit: number; readonly backoff?: DurationText }
  readonly drain?: {
    readonly signal?: string
    readonly until: readonly ConditionOptions[]
    readonly deadline?: DurationText
  }
  readonly roll?: {
    readonly ports?: readonly string[]
    readonly as?: 'http' | 'tcp'
    readonly drain?: DurationText
    /** Exactly one of them. @default a process of Rampart's own */
    readonly by?: {
      readonly haproxy?: CarrierOptions & { readonly socket: string; readonly backend: string }
      readonly nginx?: CarrierOptions & {
        readonly servers: string
        readonly config?: string
        readonly pid?: string
      }
    }
  }
  /** How many of it serve side by side behind its front. @minimum 1 @maximum 64 @default 1 */
  readonly copies?: number
  readonly stop?: {
    readonly signal?: string
    readonly grace?: DurationText
    readonly command?: readonly string[]
  }
  readonly optional?: boolean
}

/** A region: the same components again, with settings of its own. */
export interface RegionOptions<Region extends string = string> {
  readonly after?: readonly NoInfer<Region>[]
  readonly settings?: Readonly<
    Record<
      string,
      | string
      | number
      | boolean
      | { readonly from: string; readonly default?: string | number | boolean }
    >
  >
  readonly description?: string
}

/** What must hold across regions: a comparison of one condition, or a probe of its own. */
export type AgreementOptions = ConditionOptions & {
  readonly same?: string
  readonly spread?: string
  readonly holds?: string
  /** `component/condition` */
  readonly of?: string
  readonly most?: number
  readonly quorum?: 'all' | number
  readonly within?: DurationText
}

/** An environment. */
export interface EnvironmentOptions<Name extends string = string, Region extends string = string> {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly description?: string
  readonly settings?: Readonly<
    Record<
      string,
      {
        readonly from?: string
        readonly default?: string | number | boolean
        readonly secret?: boolean
        readonly description?: string
      }
    >
  >
  readonly regions?: Readonly<Record<Region, RegionOptions<Region>>>
  readonly components: Readonly<Record<Name, ComponentOptions<Name>>>
  readonly agree?: readonly AgreementOptions[]
  readonly watch?:
    | false
    | {
        readonly every?: DurationText
        readonly onBreach?: 'record' | 'hold' | 'undo' | 'undoRegion'
        readonly notify?: {
          readonly url: string
          readonly headers?: Readonly<Record<string, string>>
        }
      }
}

/**
 * Defines an environment for `rampart.config.ts`. Nothing is checked here but types; the document is
 * parsed like any other.
 *
 * @example export const shop = defineEnvironment({ name: 'shop', components: { db: { … } } })
 */
export function defineEnvironment<const Name extends string, const Region extends string = never>(
  options: EnvironmentOptions<Name, Region>,
): DefinedDocument {
  const { name, labels, description, ...spec } = options
  const metadata = {
    name,
    ...(labels === undefined ? {} : { labels }),
    ...(description === undefined ? {} : { description }),
  }
  return { apiVersion: API_VERSION, kind: 'Environment', metadata, spec }
}

/** A Ports contract, as its document says it. */
export interface PortsOptions extends Omit<WrittenSpec, 'ranges'> {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly description?: string
  readonly ranges: Readonly<Record<string, RangeOptions>>
}

/** A range of ports: `21000-21999`, or one port. */
export interface RangeOptions {
  readonly ports: number | `${number}-${number}`
  readonly for?: {
    readonly environment?: string
    readonly service?: string
    readonly tenant?: string
    readonly scope?: string
  }
  readonly protocol?: 'tcp' | 'udp' | 'http'
  readonly addresses?: 'loopback' | 'any' | readonly string[]
  readonly fixed?: Readonly<Record<`${string}/${string}`, number>>
  readonly perTenant?: number
  readonly perService?: number
  readonly claim?: readonly string[]
  readonly cooling?: DurationText
  readonly privileged?: boolean
  readonly ephemeral?: 'kept'
  readonly description?: string
}

/** How a port goes from one owner to the next. */
export interface TransitionOptions {
  readonly drain?: DurationText
  readonly linger?: DurationText
  readonly cooling?: DurationText
  readonly deadline?: DurationText
}

interface WrittenSpec {
  readonly systems?: readonly ('linux' | 'macos' | 'windows')[]
  readonly cooling?: DurationText
  readonly ranges: unknown
  readonly clients?: Readonly<
    Record<
      string,
      {
        readonly user?: number | readonly number[]
        readonly mtls?: string | readonly string[]
        readonly token?: string | readonly string[]
        readonly network?: string | readonly string[]
        readonly labels?: Readonly<Record<string, string>>
        readonly namespace?: string
      }
    >
  >
  readonly connect?: readonly {
    readonly from: string | readonly string[]
    readonly to: string | readonly string[]
    readonly ports?: string | readonly string[]
  }[]
  readonly names?: Readonly<Record<string, `${string}/${string}`>>
  readonly transitions?: {
    readonly [Event in
      | 'scale-up'
      | 'scale-down'
      | 'roll'
      | 'migrate'
      | 'failover']?: TransitionOptions
  }
}

/**
 * Defines a Ports contract for `rampart.config.ts`. Nothing is checked here but types.
 *
 * @example export const ports = definePorts({ name: 'internal', ranges: { dev: { ports: '21000-21999' } } })
 */
export function definePorts(options: PortsOptions): DefinedDocument {
  const { name, labels, description, ...spec } = options
  const metadata = {
    name,
    ...(labels === undefined ? {} : { labels }),
    ...(description === undefined ? {} : { description }),
  }
  return { apiVersion: API_VERSION, kind: 'Ports', metadata, spec }
}
