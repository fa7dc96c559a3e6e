/**
 * Files of variables. PORT says where the program beside the file listens; what else ends in PORT is a
 * guess; URLs say whom the program connects to. A template says nothing but what one might write.
 */
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import { parseDotenv, readVariables, type Variable } from '../document/parse-dotenv.ts'
import { connectionsIn } from '../found/connections.ts'
import { environmentOf, ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import type { Confidence, Findings, FoundPort, Stance } from '../found/found-port.ts'
import { calledBy, folderOf, nameOf } from '../found/paths.ts'
import { addressesOf, isThisMachine, parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { fillIn } from '../found/variables.ts'
import { hostBeside, meaningOf } from './names.ts'
import { isFilledIn, isGiven, programIn } from './uses.ts'

const TAKEN = /^\.?env(?:\.[\w.-]+)?$|^\.envrc$|\.env$/
const OTHER = /\.(?:ts|js|mjs|cjs|py|sh|json|ya?ml|md|vault|enc|gpg|bak|html|rs|go)$/
const TEMPLATE = /(?:^|[.-])(?:example|sample|template|dist|tpl|tmpl|defaults?)(?:[.-]|$)/

const LONGEST = 2_000

/** Reads files of variables. */
export const dotenvReader: FormatReader = {
  name: 'dotenv',
  takes: (path) => {
    const name = nameOf(path)
    return TAKEN.test(name) && name !== 'env' && !OTHER.test(name)
  },
  hint: /PORT|:\/\//i,
  read: readDotenv,
}

interface Reading {
  readonly source: SourceText
  readonly folder: Folder
  readonly home: string
  readonly isTemplate: boolean
  readonly isGiven: boolean
  readonly lookUp: (name: string) => string | undefined
  readonly words: Pick<FoundPort, 'format' | 'unit' | 'service' | 'app' | 'protocol' | 'scope'> &
    Partial<Pick<FoundPort, 'environment'>>
}

function readDotenv(source: SourceText, folder: Folder): Findings {
  const name = nameOf(source.path)
  const home = folderOf(source.path)
  const environment = ofEnvironment(source.path)
  const values = readVariables(source.text)
  const reading: Reading = {
    ...{ source, folder, home },
    isTemplate: TEMPLATE.test(name),
    isGiven: isGiven(source.path, folder),
    lookUp: (variable) => (values.get(variable) ?? folder.variables[variable])?.slice(0, LONGEST),
    words: {
      ...{ format: 'dotenv', unit: `dotenv ${home}`, app: home, protocol: 'tcp', scope: 'host' },
      service: calledBy(home) === '.' ? name : calledBy(home),
      ...environment,
    },
  }
  // The last line of a name counts.
  const last = new Map(parseDotenv(source.text).map((variable) => [variable.name, variable]))
  return { ports: [...last.values()].flatMap((variable) => portsOf(variable, reading)) }
}

function portsOf(variable: Variable, reading: Reading): readonly FoundPort[] {
  const { value, isFilled } = filled(variable, reading)
  const meaning = meaningOf(variable.name)
  const port = parsePort(value)
  if (meaning === undefined || port === undefined) return connectionsOf(variable, value, reading)
  const { source, words, lookUp } = reading
  const common = {
    ...{ ...words, ...source.at(variable.offset), first: port, last: port },
    text: `${variable.name}=${port}`,
  }
  const host = hostBeside(variable.name).flatMap((name) => lookUp(name) ?? [])[0]
  if (meaning === 'others' || (host !== undefined && !isThisMachine(host))) {
    if (host === undefined || reading.isTemplate) return []
    const sure = { stance: 'consumption', confidence: 'heuristic' } as const
    return [{ ...common, ...sure, host, addresses: addressesOf(host), ...within(reading) }]
  }
  const judged = judge(variable.name, meaning, reading)
  const isSure = judged.confidence === 'explicit' && isFilled
  return [
    {
      ...{ ...common, ...judged, addresses: EVERY_ADDRESS },
      ...(isSure ? { confidence: 'interpolated' } : {}),
      identity: `dotenv ${reading.home} ${variable.name}`,
    },
  ]
}

function filled(
  { value }: Variable,
  { lookUp }: Reading,
): { readonly value: string; readonly isFilled: boolean } {
  const { text, isFilled } = fillIn(value.slice(0, LONGEST), lookUp)
  return { value: text, isFilled }
}

type Judged = {
  readonly stance: Stance
  readonly confidence: Confidence
  readonly because?: string
  readonly except?: readonly string[]
}

/** What a port of the program's own is worth, given who reads the file. */
function judge(name: string, meaning: 'own' | 'perhaps', reading: Reading): Judged {
  const { source, folder, home } = reading
  const written = (because: string): Judged => ({
    ...{ stance: 'documentation', confidence: 'explicit', because },
  })
  const guess = (because: string): Judged => ({
    ...{ stance: 'claim', confidence: 'heuristic', because },
  })
  if (reading.isTemplate) return written('a template that nobody reads')
  if (isFilledIn(source.path, name, folder)) return written('a composition beside it says for what')
  const others = otherFiles(name, reading)
  if (others.isOverruled) return written('.env.local says otherwise')
  if (meaning === 'perhaps') return guess('a name that ends in PORT')
  if (reading.isGiven) return guess('the port of a container that is given the file')
  const program = programIn(home, folder)
  if (program === 'ignores') return written('the program beside it does not read PORT from here')
  if (program === 'unknown') return guess('no program is beside it')
  const except = others.except.length === 0 ? {} : { except: others.except }
  return { stance: 'claim', confidence: 'explicit', ...except }
}

/** What files for one environment, or for one machine, say instead of the common one. */
function otherFiles(
  name: string,
  { source, folder, home, words }: Reading,
): { readonly isOverruled: boolean; readonly except: readonly string[] } {
  if (nameOf(source.path) !== '.env') return { isOverruled: false, except: [] }
  const prefix = home === '' ? '.env.' : `${home}/.env.`
  const others = folder.paths.filter(
    (path) =>
      path.startsWith(prefix) &&
      !path.slice(prefix.length).includes('/') &&
      !TEMPLATE.test(nameOf(path)) &&
      readVariables(folder.read(path)?.text ?? '').has(name),
  )
  const environments = others.flatMap((path) => environmentOf(path) ?? [])
  const isOverruled = others.some((path) => path === `${prefix}local`)
  return { isOverruled, except: environments.filter((one) => one !== words.environment) }
}

function connectionsOf(
  { offset }: Variable,
  value: string,
  reading: Reading,
): readonly FoundPort[] {
  if (reading.isTemplate) return []
  const { source, words } = reading
  return connectionsIn(value).map(({ host, port, text }) => ({
    ...{ ...words, ...source.at(offset), first: port, last: port, text, host },
    ...{ stance: 'consumption' as const, confidence: 'explicit' as const },
    ...{ addresses: addressesOf(host), ...within(reading) },
  }))
}

/** What a container is given it says about the container's own surroundings. */
function within({ isGiven: isInside, source }: Reading): Partial<Pick<FoundPort, 'scope'>> {
  return isInside ? { scope: `network given ${source.path}` } : {}
}
