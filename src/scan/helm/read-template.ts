/**
 * Templates of charts. They are no YAML before somebody renders them: only numbers that stand there are
 * told, as guesses, since a condition may leave them out.
 */
import { ofEnvironment } from '../found/environment-of.ts'
import type { Folder, FormatReader } from '../found/folder.ts'
import { type Findings, type FoundPort, NOTHING } from '../found/found-port.ts'
import { SourceText } from '../found/source-text.ts'
import { indexOf } from '../kubernetes/cluster-index.ts'
import { objectsIn } from '../kubernetes/objects.ts'
import { type ObjectWords, readPod } from '../kubernetes/pod-ports.ts'
import { podOf } from '../kubernetes/pods.ts'
import { readService } from '../kubernetes/service-ports.ts'
import { chartOfTemplate } from './charts.ts'
import { neutralize } from './neutralize.ts'

/** Reads templates of charts. */
export const templateReader: FormatReader = {
  name: 'helm-template',
  takes: (path) => /(^|\/)templates\/.*\.ya?ml$/.test(path),
  hint: /\b(?:hostPort|hostNetwork|nodePort|healthCheckNodePort)\b/,
  read: readTemplate,
}

/** Of what a chart is connected with nothing is known. */
const NOBODY = indexOf([])

function readTemplate(source: SourceText, folder: Folder): Findings {
  const chart = chartOfTemplate(source.path, folder)
  if (chart === undefined) return NOTHING
  const words: ObjectWords = {
    ...{ format: 'helm', unit: `helm ${chart}` },
    ...ofEnvironment(source.path),
  }
  const plain = new SourceText(source.path, neutralize(source.text))
  const found = objectsIn(plain).flatMap((object) => {
    const pod = podOf(object)
    if (pod !== undefined) return readPod(object, pod, { words, index: () => NOBODY })
    const isService = object.kind === 'Service' && object.group === ''
    return isService ? readService(object, words, () => NOBODY) : []
  })
  const isTaken = ({ stance, scope }: FoundPort): boolean =>
    stance === 'claim' && (scope === 'node' || scope === 'cluster')
  return { ports: found.filter(isTaken).map((port) => asGuess(port, chart)) }
}

/** What two conditions of one chart both name is there once. */
function asGuess(port: FoundPort, chart: string): FoundPort {
  const { flaw: _, ...rest } = port
  const identity = `chart ${chart} ${port.scope} ${port.first}/${port.protocol}`
  const because = 'a template, which may be rendered without it'
  return { ...rest, identity, because, confidence: 'heuristic' }
}
