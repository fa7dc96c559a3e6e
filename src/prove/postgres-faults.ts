/**
 * Promises about what is in a PostgreSQL, made false where it lies: a table, an index or the record of
 * migrations gets another name, a subscription is switched off. Each is taken back exactly.
 */
import { escapeIdentifier } from 'pg'
import type { JsonObject } from '../core/units/json.ts'
import { type InjectedFault, unreadFault } from './fault.ts'
import { serverOf } from './own-server.ts'
import { comparing, type PromisedCondition, type Promises } from './promises.ts'
import { runSql } from './run-sql.ts'
import type { Trial } from './trial.ts'

/** Where PostgreSQL listens when the URL does not say. */
const PORT = 5432

const ASIDE = '_put_aside'

/** The faults that the `postgres` conditions of an environment must tell of. */
export async function postgresFaults(
  trial: Trial,
  promises: Promises,
): Promise<readonly InjectedFault[]> {
  const asking = promises.conditions.filter(({ probe }) => probe === 'postgres')
  const faults: InjectedFault[] = []
  for (const promised of asking) {
    const input = await trial.inputOf(promised.stage, promised.condition)
    const mustNotice = [promised, ...comparing(promises, promised)]
    if (input.ok) faults.push(...faultsFor(promised, input.value, mustNotice).map(ofCopyAlone))
    else faults.push(unreadFault(promised, input.why))
  }
  return faults
}

/** Leaves a database alone that no process of the copy serves: it is somebody's in earnest. */
function ofCopyAlone({ url, inject, ...fault }: DatabaseFault): InjectedFault {
  return {
    ...fault,
    inject: async (trial) =>
      (await serverOf(trial, url, PORT)) !== undefined
        ? { heal: await inject() }
        : { untried: 'its database is not of the copy, and was left alone' },
  }
}

interface DatabaseFault extends Pick<InjectedFault, 'name' | 'mustNotice'> {
  readonly url: string
  inject(): Promise<() => Promise<void>>
}

function faultsFor(
  promised: PromisedCondition,
  input: JsonObject,
  mustNotice: readonly PromisedCondition[],
): readonly DatabaseFault[] {
  const url = String(input['url'])
  const where = `for ${promised.stage}`
  const { tables, indexes, migrations, replication } = input
  const renames = [
    ...Object.keys((tables ?? {}) as JsonObject).map((name) => ['table', name] as const),
    ...(Array.isArray(indexes) ? indexes : []).map((name) => ['index', String(name)] as const),
    ...(migrations === undefined
      ? []
      : [['table', String((migrations as JsonObject)['table'])] as const]),
  ]
  return [
    ...renames.map(([kind, name]) => ({
      url,
      name: `the ${kind} ${name} is gone ${where}`,
      mustNotice,
      inject: () =>
        undoable(url, renameSql(kind, name, name + ASIDE), renameSql(kind, name + ASIDE, name)),
    })),
    ...(replication === undefined
      ? []
      : [
          {
            url,
            name: `replication stands still ${where}`,
            mustNotice: [promised],
            inject: () => freeze(url),
          },
        ]),
  ]
}

/** `schema.table` is renamed within its schema. */
function renameSql(kind: 'table' | 'index', from: string, to: string): string {
  const path = from.split('.').map(escapeIdentifier).join('.')
  return `alter ${kind} ${path} rename to ${escapeIdentifier(to.split('.').at(-1) ?? to)}`
}

async function undoable(url: string, sql: string, undoSql: string): Promise<() => Promise<void>> {
  await runSql(url, sql)
  return async () => {
    await runSql(url, undoSql)
  }
}

async function freeze(url: string): Promise<() => Promise<void>> {
  const names = await runSql(url, 'select subname from pg_subscription where subenabled').then(
    (rows) => rows.map((row) => escapeIdentifier(String(row['subname']))),
  )
  for (const name of names) await runSql(url, `alter subscription ${name} disable`)
  return async () => {
    for (const name of names) await runSql(url, `alter subscription ${name} enable`)
  }
}
