/** Services of systemd that are told their port: by `Environment=`, or on their command line. */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { readCommand } from '../command/read-command.ts'
import { splitCommand } from '../command/split-command.ts'
import { connectionsIn } from '../found/connections.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING } from '../found/found-port.ts'
import { addressesOf, parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { lastOf, settingsFor, type UnitSetting } from './parse-unit.ts'
import { isOfKind, isYes, sharedName, type Unit, unitOf } from './unit-files.ts'

/** Reads units of services. */
export const serviceReader: FormatReader = {
  name: 'systemd service',
  takes: (path) => isOfKind(path, 'service'),
  hint: /^[ \t]*(ExecStart|Environment)[ \t]*=/m,
  read: readService,
}

interface Variable {
  readonly value: string
  readonly setting: UnitSetting
  readonly offset: number
}

function readService(source: SourceText, folder: Folder): Findings {
  const unit = unitOf(source, folder)
  if (unit === undefined) return NOTHING
  const { settings } = unit
  const variables = variablesOf(settings)
  const isPrivate = isYes(lastOf(settings, 'Service', 'PrivateNetwork'))
  const scope = isPrivate ? `network systemd ${unit.home}/${unit.name}` : 'host'
  const claims = claimsOf(unit, variables).map((one) => ({
    ...{ ...unit.common, ...one, scope },
    identity: sharedName(unit, one.protocol, one.first),
  }))
  return { ports: [...claims, ...connectionsOf(unit, variables, scope)] }
}

function variablesOf(settings: readonly UnitSetting[]): ReadonlyMap<string, Variable> {
  const all = settingsFor(settings, 'Service', ['Environment']).flatMap((setting) =>
    splitCommand(setting.value).flatMap(({ variables }) =>
      [...variables].map(([name, value]): readonly [string, Variable] => {
        const at = Math.max(0, setting.value.indexOf(`${name}=`))
        return [name, { value, setting, offset: setting.offset + at }]
      }),
    ),
  )
  return new Map(all)
}

type Claim = Omit<FoundPort, 'format' | 'unit' | 'service' | 'scope'>

function claimsOf(unit: Unit, variables: ReadonlyMap<string, Variable>): readonly Claim[] {
  const told = variables.get('PORT')
  const commands = settingsFor(unit.settings, 'Service', ['ExecStart'])
  const lookUp = (name: string): string | undefined => variables.get(name)?.value
  const started = commands.flatMap((command): readonly Claim[] => {
    const place = command.source.at(command.offset)
    return readCommand(commandLine(command.value), lookUp)
      .ports.filter(({ stance }) => stance === 'claim')
      .map((one): Claim => ({ ...one, ...place }))
  })
  const port = parsePort(told?.value ?? '')
  if (told === undefined || port === undefined) return started
  // The variable is what says so, wherever the command repeats it.
  const place = told.setting.source.at(told.offset)
  const isRepeated = (one: Claim): boolean =>
    one.first === port && one.confidence === 'interpolated'
  const others = started.filter((one) => !isRepeated(one) && one.tool === 'inspector')
  const repeated = started.find(isRepeated)
  if (repeated === undefined && started.length > others.length) return started
  return [
    ...others,
    {
      ...{ ...place, first: port, last: port, protocol: 'tcp', text: `PORT=${port}` },
      ...{
        addresses: repeated?.addresses ?? EVERY_ADDRESS,
        stance: 'claim',
        confidence: 'explicit',
      },
    },
  ]
}

/** The command without the marks before it, and without the folders of its programs. */
function commandLine(value: string): string {
  return value
    .replace(/^[-@:+!|]*/, '')
    .replace(/^(?:\/[^/\s]+)*\/(?=\S)/, '')
    .replaceAll(/([\s"'])(?:\/[\w.-]+)*\/bin\/(?=\S)/g, '$1')
}

function connectionsOf(
  unit: Unit,
  variables: ReadonlyMap<string, Variable>,
  scope: string,
): readonly FoundPort[] {
  return [...variables.values()].flatMap(({ value, setting, offset }) =>
    connectionsIn(value).map(({ host, port, text }) => ({
      ...{
        ...unit.common,
        ...setting.source.at(offset),
        first: port,
        last: port,
        text,
        host,
        scope,
      },
      ...{ stance: 'consumption' as const, confidence: 'explicit' as const },
      ...{ protocol: 'tcp' as const, addresses: addressesOf(host) },
    })),
  )
}
