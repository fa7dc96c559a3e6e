/** Units of systemd as their settings, in order: a setting may be repeated, and an empty one takes back. */
import type { SourceText } from '../found/source-text.ts'

/** One setting, and the file it stands in. */
export interface UnitSetting {
  readonly section: string
  readonly name: string
  readonly value: string
  readonly source: SourceText
  /** Where the value begins. */
  readonly offset: number
}

/** Every setting of some files, in the order in which they are read. */
export function parseUnit(sources: readonly SourceText[]): readonly UnitSetting[] {
  return sources.flatMap(parseOne)
}

function parseOne(source: SourceText): readonly UnitSetting[] {
  const settings: UnitSetting[] = []
  let section = ''
  let open: UnitSetting | undefined
  for (const { text, offset } of source.lines()) {
    if (/^[ \t]*[#;]/.test(text)) continue
    const goesOn = text.endsWith('\\')
    const line = goesOn ? text.slice(0, -1) : text
    if (open !== undefined) open = { ...open, value: `${open.value} ${line.trim()}`.trim() }
    else {
      const header = /^[ \t]*\[([^\]]*)\]/.exec(line)
      if (header !== null) section = header[1] ?? ''
      const match = /^([ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*)(.*)$/.exec(line)
      if (match === null) continue
      const [, before = '', name = '', value = ''] = match
      open = { section, name, value: value.trim(), source, offset: offset + before.length }
    }
    if (goesOn) continue
    settings.push(open)
    open = undefined
  }
  return open === undefined ? settings : [...settings, open]
}

/** The settings of a name that still count, given those that are taken back. */
export function settingsFor(
  settings: readonly UnitSetting[],
  section: string,
  names: readonly string[],
): readonly UnitSetting[] {
  const kept: UnitSetting[] = []
  const takenBack = new Set<string>()
  for (const one of settings.toReversed()) {
    if (one.section !== section || !names.some((name) => kindOf(name) === kindOf(one.name)))
      continue
    if (one.value === '') takenBack.add(kindOf(one.name))
    else if (names.includes(one.name) && !takenBack.has(kindOf(one.name))) kept.push(one)
  }
  return kept.reverse()
}

/** An empty `ListenStream=` takes back every kind of listening; elsewhere only the same name. */
function kindOf(name: string): string {
  return name.startsWith('Listen') ? 'Listen' : name
}

/** The last word of a setting that has only one value. */
export function lastOf(
  settings: readonly UnitSetting[],
  section: string,
  name: string,
): UnitSetting | undefined {
  return settingsFor(settings, section, [name]).at(-1)
}
