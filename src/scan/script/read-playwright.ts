/** Configurations of Playwright: the servers it starts by a command, and the pages it then asks for. */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import type { CommandPort } from '../command/command-port.ts'
import { flagValue } from '../command/flag-value.ts'
import { readCommand } from '../command/read-command.ts'
import { splitCommand } from '../command/split-command.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { calledBy, folderOf, within } from '../found/paths.ts'
import { addressesOf, parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import type { Known } from './evaluate.ts'
import { connecting, ScriptFile } from './script-file.ts'
import type { SyntaxNode } from './syntax.ts'

/** Reads configurations of Playwright. */
export const playwrightReader: FormatReader = {
  name: 'playwright',
  takes: (path) => /(^|\/)playwright[\w.-]*\.config(\.[\w-]+)*\.[cm]?[jt]s$/.test(path),
  hint: /webServer|baseURL/,
  read: readPlaywright,
}

type Common = Pick<FoundPort, 'format' | 'unit' | 'service' | 'scope' | 'app' | 'environment'>

function readPlaywright(source: SourceText, folder: Folder): Findings {
  const script = ScriptFile.read(source, folder)
  if ('remark' in script) return { ports: [], remarks: [script.remark] }
  const home = folderOf(source.path)
  const common: Common = {
    ...{ format: 'playwright', unit: `playwright ${source.path}`, scope: 'host', app: home },
    service: calledBy(home) === '.' ? 'playwright' : calledBy(home),
    environment: 'test',
  }
  const ports = script.configurations.flatMap((one) => [
    ...script.objectsAt(one, ['webServer']).flatMap((server) => ofServer(script, server, common)),
    ...['use.baseURL', 'projects.use.baseURL'].flatMap((path) =>
      script.connectionsAt(one, path).map(({ offset, ...rest }) => ({
        ...{ ...common, ...source.at(offset), ...rest },
      })),
    ),
  ])
  return { ports: eachOnce(ports) }
}

function ofServer(script: ScriptFile, server: SyntaxNode, common: Common): readonly FoundPort[] {
  const { source } = script
  const awaited = script.portsAt(server, 'port').map(({ port, confidence, offset }): FoundPort => {
    return {
      ...{ ...common, ...source.at(offset), first: port, last: port, confidence },
      ...{ stance: 'consumption', protocol: 'tcp', host: 'localhost', text: `port: ${port}` },
      addresses: addressesOf('localhost'),
    }
  })
  const asked = script.valuesAt(server, 'url').flatMap(({ value, ...known }) =>
    connecting(String(value), known).map(({ offset, ...rest }) => ({
      ...{ ...common, ...source.at(offset), ...rest },
    })),
  )
  const commands = script.valuesAt(server, 'command')
  const started = commands.flatMap((command) => startedBy(command, { script, server, common }))
  return [...awaited, ...asked, ...started]
}

interface Around {
  readonly script: ScriptFile
  readonly server: SyntaxNode
  readonly common: Common
}

/** What the command listens on: as it says, as its variables say, or as its program does. */
function startedBy(command: Known, { script, server, common }: Around): readonly FoundPort[] {
  const line = String(command.value)
  const [told] = script.portsAt(server, 'env.PORT')
  const variable = told === undefined ? undefined : String(told.port)
  const read = readCommand(line, (name) => (name === 'PORT' ? variable : undefined))
  const [cwd] = script.valuesAt(server, 'cwd')
  const home = folderOf(script.source.path)
  const app = cwd === undefined ? home : (within(home, String(cwd.value)) ?? home)
  const base = { ...common, app, protocol: 'tcp', stance: 'claim' } as const
  const known = read.ports.filter(({ stance }) => stance === 'claim')
  const claims = known.length > 0 ? known : ofScript(line)
  if (claims.length > 0 || told === undefined)
    return claims.map(
      (one): FoundPort => ({ ...one, ...base, ...script.source.at(command.offset) }),
    )
  const { port, offset, confidence } = told
  const place = script.source.at(offset)
  return [
    {
      ...{ ...base, ...place, first: port, last: port, text: `PORT=${port} ${line}`, confidence },
      ...{ addresses: EVERY_ADDRESS, isHttp: true },
    },
  ]
}

/** `npm run dev -- --port 3100`: the script has it from here. */
function ofScript(line: string): readonly CommandPort[] {
  return splitCommand(line).flatMap(({ words, variables }): readonly CommandPort[] => {
    if (!/^(npm|pnpm|yarn|bun)$/.test(words[0] ?? '')) return []
    const port = parsePort(flagValue(words, ['--port', '-p']) ?? variables.get('PORT') ?? '')
    if (port === undefined) return []
    const text = words.join(' ')
    return [
      {
        ...{ first: port, last: port, text, stance: 'claim', confidence: 'explicit' },
        ...{ addresses: EVERY_ADDRESS, protocol: 'tcp', isHttp: true },
      },
    ]
  })
}

/** The page that is asked for and the one that is waited for are often one. */
function eachOnce(ports: readonly FoundPort[]): readonly FoundPort[] {
  const keyOf = ({ stance, first, host, app, line, addresses }: FoundPort): string =>
    stance === 'claim'
      ? JSON.stringify([stance, first, app, addresses])
      : JSON.stringify([host, first, line])
  return [...new Map(ports.map((one) => [keyOf(one), one])).values()]
}
