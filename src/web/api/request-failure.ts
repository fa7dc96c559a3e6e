/** What a request ends in when it does not end well: what the server said, or that it said nothing. */
import type { Problem } from '../../server/wire.ts'

/** A request that failed. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure'
  /** 0: nobody answered. */
  readonly status: number
  readonly problem: Partial<Problem>

  constructor(status: number, problem: Partial<Problem>, path: string) {
    super(problem.detail ?? `${path} was answered with ${status === 0 ? 'nothing' : status}.`)
    this.status = status
    this.problem = problem
  }

  /** Whether the server is of a kind that has no such address. */
  get isNotOffered(): boolean {
    return this.status === 404 && (this.problem.code ?? 'route-unknown') === 'route-unknown'
  }
}

/** The failure of a request that was refused. */
export async function failureOf(response: Response, path: string): Promise<RequestFailure> {
  const text = await response.text()
  try {
    return new RequestFailure(response.status, JSON.parse(text) as Partial<Problem>, path)
  } catch {
    // Whatever answered is no server of ours; its status is all that is known.
    return new RequestFailure(response.status, {}, path)
  }
}

/** The status of a failure; 0 when nobody answered or it is something else. */
export function statusOf(error: unknown): number {
  return error instanceof RequestFailure ? error.status : 0
}

/** Whether an answer says that the server does not offer this. */
export function isNotOffered(error: unknown): boolean {
  return error instanceof RequestFailure && error.isNotOffered
}
