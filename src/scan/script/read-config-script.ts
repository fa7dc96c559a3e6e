/** Configuration files of development servers and builders: the ports they set, and whom they pass on to. */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING } from '../found/found-port.ts'
import { calledBy, folderOf } from '../found/paths.ts'
import { addressesOf } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { ScriptFile } from './script-file.ts'
import { CONFIG_KINDS, type ConfigKind, type PortSetting } from './settings.ts'
import type { SyntaxNode } from './syntax.ts'

/** Reads them all. */
export const configScriptReader: FormatReader = {
  name: 'config script',
  takes: (path) => CONFIG_KINDS.some(({ name }) => name.test(path)),
  hint: /port|:\/\/|api/i,
  read: readConfigScript,
}

type Common = Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope' | 'app'> &
  Partial<Pick<FoundPort, 'environment'>>

function readConfigScript(source: SourceText, folder: Folder): Findings {
  const kind = CONFIG_KINDS.find(({ name }) => name.test(source.path))
  if (kind === undefined) return NOTHING
  const script = ScriptFile.read(source, folder)
  if ('remark' in script) return { ports: [], remarks: [script.remark] }
  const home = folderOf(source.path)
  const common: Common = {
    ...{ format: kind.format, unit: `${kind.format} ${source.path}`, scope: 'host', app: home },
    service: calledBy(home) === '.' ? kind.format : calledBy(home),
    ...ofEnvironment(source.path),
  }
  const claims = script.configurations.flatMap((one) => claimsOf(script, one, { kind, common }))
  const connections = script.configurations.flatMap((one) =>
    kind.connections.flatMap((path) =>
      script
        .connectionsAt(one, path)
        .map(({ offset, ...rest }) => ({ ...common, ...source.at(offset), ...rest })),
    ),
  )
  return { ports: [...claims, ...connections] }
}

function claimsOf(
  script: ScriptFile,
  configuration: SyntaxNode,
  { kind, common }: { readonly kind: ConfigKind; readonly common: Common },
): readonly FoundPort[] {
  const claims = kind.ports.flatMap((setting) =>
    script.portsAt(configuration, setting.path).map(({ port, confidence, offset }): FoundPort => {
      const text = `${setting.path.split('.').slice(-2).join('.')}: ${port}`
      return {
        ...{ ...common, ...script.source.at(offset), first: port, last: port, text, confidence },
        ...{ stance: 'claim', protocol: 'tcp', isHttp: true },
        addresses: addressesBeside(script, configuration, setting),
        ...(setting.tool === undefined ? {} : { tool: setting.tool }),
        ...(setting.moment === undefined ? {} : { variant: setting.moment }),
      }
    }),
  )
  // One server may be told its port twice, as for the page and for its live updates.
  return claims.filter(
    (one, at) =>
      claims.findIndex((other) => other.first === one.first && other.variant === one.variant) ===
      at,
  )
}

function addressesBeside(
  script: ScriptFile,
  configuration: SyntaxNode,
  { hostPath, addresses }: PortSetting,
): readonly string[] {
  const [host] = hostPath === undefined ? [] : script.valuesAt(configuration, hostPath)
  if (host === undefined || host.value === false) return addresses
  // Node takes both families where it is told `::`.
  const isEvery = host.value === true || host.value === '::'
  return isEvery ? EVERY_ADDRESS : addressesOf(String(host.value))
}
