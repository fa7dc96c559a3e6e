/**
 * `/v1/scans`: what scans of files for ports have found in repositories, and `/v1/scan-conflicts`: what
 * they claim against each other. Scopes speak of a scan as of `Scan/NAME`, or as of the environment of
 * that name.
 */
import { z } from 'zod'
import { conflictsBetween, type ScanConflict } from '../../core/port/scan-conflicts.ts'
import { SEVERITIES } from '../../core/port/written-claim.ts'
import { ascending, pageOf } from '../../core/units/page-of.ts'
import { type Asking, assertMay, forbidden, maySee, whoAsks } from '../access/add-access.ts'
import type { Permission, Resource } from '../access/permissions.ts'
import { resourceOf } from '../access/ramp-resource.ts'
import { nameOf } from '../access/voice.ts'
import type { Api } from '../api.ts'
import type { App } from '../app.ts'
import { type ListedScan, ScanStore, scanUnknown } from '../scans/scan-store.ts'
import { PAGE_OF } from '../schemas/paging.ts'
import {
  SCAN_CONFLICT_PAGE,
  SCAN_CONFLICTS_QUERY,
  SCAN_PAGE,
  SCAN_PARAMS,
  SCAN_REQUEST,
  SCAN_SUMMARY,
  SCAN_VIEW,
} from '../schemas/scans.ts'

const TAGS = ['ports']
const READ = { permission: 'ports.read' } as const
const CHANGE = { permission: 'ports.claim', ifMatch: true } as const

/** The longest scan that is read. @unit bytes */
const SCAN_MAX = 1024 * 1024

/** Adds the routes. */
export function addScanRoutes(app: App, api: Api): void {
  const { records, clock } = api.parts
  const scans = new ScanStore({ records, clock, audit: api.access.audit })
  addLooking(app, api, scans)
  addConflicts(app, api, scans)
  addChanges(app, api, scans)
}

function addLooking(app: App, api: Api, scans: ScanStore): void {
  app.get(
    '/v1/scans',
    {
      schema: {
        operationId: 'listScans',
        summary: 'List the scans of files for ports that were published, the latest of each name',
        tags: TAGS,
        querystring: PAGE_OF,
        response: { 200: SCAN_PAGE },
      },
      config: READ,
    },
    async (request) => {
      const seen = (await seenBy(request, api, scans)).map(({ summary }) => summary)
      const { items, ...next } = pageOf(seen, ({ name }) => name, request.query)
      return { scans: items, ...next }
    },
  )

  app.get(
    '/v1/scans/:name',
    {
      schema: {
        operationId: 'getScan',
        summary: 'Look at what a scan has found, and at what it claims',
        tags: TAGS,
        params: SCAN_PARAMS,
        response: { 200: SCAN_VIEW },
      },
      config: { ...READ, etag: true },
    },
    async (request, reply) => {
      const { name } = request.params
      assertMay(request, await scopedAs(request, api, name), () => scanUnknown(name))
      const view = await scans.view(name)
      void reply.header('etag', view.summary.etag)
      return view
    },
  )
}

function addConflicts(app: App, api: Api, scans: ScanStore): void {
  const judged = rememberingJudge()
  app.get(
    '/v1/scan-conflicts',
    {
      schema: {
        operationId: 'listScanConflicts',
        summary: 'List the ports that several published scans claim, the worst first',
        tags: TAGS,
        querystring: SCAN_CONFLICTS_QUERY,
        response: { 200: SCAN_CONFLICT_PAGE },
      },
      config: READ,
    },
    async (request) => {
      const { scan: wanted, ...page } = request.query
      const seen = await seenBy(request, api, scans)
      const asked = judged(seen).filter(
        ({ claims }) => wanted === undefined || claims.some(({ scan }) => scan === wanted),
      )
      const { items, ...next } = pageOf(asked, orderOf, page)
      return { conflicts: items, ...next }
    },
  )
}

function addChanges(app: App, api: Api, scans: ScanStore): void {
  app.put(
    '/v1/scans/:name',
    {
      schema: {
        operationId: 'publishScan',
        summary: 'Publish what a scan has found, in the place of the one before',
        tags: TAGS,
        params: SCAN_PARAMS,
        body: SCAN_REQUEST,
        response: { 200: SCAN_SUMMARY },
      },
      config: { ...CHANGE, etag: true },
      bodyLimit: SCAN_MAX,
    },
    async (request, reply) => {
      const { name } = request.params
      const resource = await scopedAs(request, api, name)
      if (!maySee(request, resource, CHANGE.permission)) {
        throw forbidden(whoAsks(request), CHANGE.permission, `Scan/${name}`)
      }
      const by = nameOf(whoAsks(request), undefined)
      const change = { name, by, only: request.precondition }
      const summary = await scans.publish(change, request.body)
      void reply.header('etag', summary.etag)
      return summary
    },
  )

  app.delete(
    '/v1/scans/:name',
    {
      schema: {
        operationId: 'removeScan',
        summary: 'Remove what was published of a repository that is scanned no more',
        tags: TAGS,
        params: SCAN_PARAMS,
        response: { 204: z.null().describe('It is compared with nothing any more.') },
      },
      config: CHANGE,
    },
    async (request, reply) => {
      const { name } = request.params
      assertMay(request, await scopedAs(request, api, name), () => scanUnknown(name))
      const by = nameOf(whoAsks(request), undefined)
      await scans.remove({ name, by, only: request.precondition })
      return await reply.code(204).send(null)
    },
  )
}

/** Judges anew only what is not what was judged last: pages ask again and again. */
function rememberingJudge(): (seen: readonly ListedScan[]) => readonly ScanConflict[] {
  let known: { readonly key: string; readonly conflicts: readonly ScanConflict[] } | undefined
  return (seen) => {
    const key = seen.map(({ summary: { name, etag } }) => `${name} ${etag}`).join('\n')
    if (known?.key === key) return known.conflicts
    const scans = seen.map(({ summary: { name }, read }) => ({
      name,
      claims: read()?.claims ?? [],
    }))
    known = { key, conflicts: conflictsBetween(scans) }
    return known.conflicts
  }
}

/** Those that whoever asks may see, by name. */
async function seenBy(request: Asking, api: Api, scans: ScanStore): Promise<readonly ListedScan[]> {
  const listed = await scans.list()
  const seen = await Promise.all(
    listed.map(async (one) => {
      const resource = await scopedAs(request, api, one.summary.name)
      return maySee(request, resource, READ.permission) ? [one] : []
    }),
  )
  return seen.flat()
}

/** A scan as the scopes of whoever asks speak of it: as such, else as the environment of its name. */
async function scopedAs(request: Asking, { store }: Api, name: string): Promise<Resource> {
  const scan = { kind: 'Scan', name }
  const permission: Permission = request.routeOptions.config.permission ?? READ.permission
  if (maySee(request, scan, permission)) return scan
  return await resourceOf(store, { kind: 'Environment', name }, whoAsks(request))
}

function orderOf({ severity, first, last, protocol, environment = '' }: ScanConflict): string {
  const gravity = ascending(SEVERITIES.indexOf(severity))
  return [gravity, ascending(first), ascending(last), protocol, environment].join(' ')
}
