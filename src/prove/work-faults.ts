/** The faults of everything through which work goes: job queues, RabbitMQ, NATS and Kafka. */
import type { JsonObject } from '../core/units/json.ts'
import { type Backlog, backlogFault, FILL_MAX, idleFault, type WorkPlace } from './backlog.ts'
import { type InjectedFault, unreadFault } from './fault.ts'
import { jobBacklogs, jobServer } from './job-backlogs.ts'
import { natsBacklogs } from './nats-backlogs.ts'
import type { PromisedCondition, Promises } from './promises.ts'
import { rabbitmqBacklogs } from './rabbitmq-backlogs.ts'
import type { Trial } from './trial.ts'

/** How one kind of probe is about work. */
interface Manner {
  readonly usualPort: number
  urlOf(input: JsonObject): string
  /** Whether it sends a canary that somebody must do. */
  hasCanary(input: JsonObject): boolean
  backlogs(input: JsonObject): readonly (Backlog & { readonly count: number })[]
}

const hasCanary = (input: JsonObject): boolean => input['canary'] !== undefined
const urlOf = (input: JsonObject): string => String(input['url'])

const MANNERS: Readonly<Record<string, Manner>> = {
  queue: {
    usualPort: 0,
    urlOf: jobServer,
    hasCanary: () => true,
    backlogs: jobBacklogs,
  },
  rabbitmq: { usualPort: 5672, urlOf, hasCanary, backlogs: rabbitmqBacklogs },
  nats: { usualPort: 4222, urlOf, hasCanary, backlogs: natsBacklogs },
  kafka: { usualPort: 9092, urlOf: firstBroker, hasCanary, backlogs: () => [] },
}

/** The faults that conditions about work must tell of. */
export async function workFaults(
  trial: Trial,
  promises: Promises,
): Promise<readonly InjectedFault[]> {
  const faults: InjectedFault[] = []
  for (const promised of promises.conditions) {
    const manner = MANNERS[promised.probe]
    if (manner === undefined) continue
    const input = await trial.inputOf(promised.stage, promised.condition)
    if (input.ok) faults.push(...faultsFor(promised, manner, input.value))
    else faults.push(unreadFault(promised, input.why))
  }
  return faults
}

function faultsFor(
  promised: PromisedCondition,
  manner: Manner,
  input: JsonObject,
): readonly InjectedFault[] {
  const { usualPort } = manner
  const place: WorkPlace = { promised, url: manner.urlOf(input), usualPort }
  return [
    ...(manner.hasCanary(input) ? [idleFault(place)] : []),
    ...manner.backlogs(input).map((backlog) => {
      const fault = backlogFault(place, backlog)
      const untried = `more than ${FILL_MAX} would have to be put in`
      return backlog.count > FILL_MAX ? { ...fault, inject: async () => ({ untried }) } : fault
    }),
  ]
}

function firstBroker({ brokers }: JsonObject): string {
  const [first] = Array.isArray(brokers) ? brokers : [brokers]
  return `kafka://${String(first)}`
}
