/** Scans of three repositories that are in each other's way, as `rampart ports scan --publish` sends them. */
import type {
  FindingPlace,
  PublishedClaim,
  PublishedFinding,
  ScanRequest,
} from '../../src/server/wire/scans.ts'

function place(service: string, text: string, at: string): FindingPlace {
  const [file = '', line, column] = at.split(':')
  return { file, line: Number(line), column: Number(column), service, text }
}

function claim(at: FindingPlace, first: number, environment?: string): PublishedClaim {
  return {
    ...{ ...at, first, last: first, protocol: 'tcp', scope: 'host', confidence: 'explicit' },
    addresses: ['0.0.0.0', '::'],
    ...(environment === undefined ? {} : { environment }),
  }
}

function finding(
  places: readonly FindingPlace[],
  first: number,
  more: Pick<PublishedFinding, 'sentence' | 'remedy'> & Partial<PublishedFinding>,
): PublishedFinding {
  return {
    ...{ rule: 'conflict', severity: 'error', first, last: first, protocol: 'tcp', scope: 'host' },
    ...{ fingerprint: `${first} ${more.sentence}`, places, morePlaces: 0, ...more },
  }
}

function scanOf(
  claims: readonly PublishedClaim[],
  findings: readonly PublishedFinding[] = [],
): ScanRequest {
  const revision = '9b1f0c2'
  return { revision, findings, moreFindings: 0, claims, moreClaims: 0, filesRead: 14 }
}

/** Their scans, by name. */
export function publishedScans(): Readonly<Record<string, ScanRequest>> {
  const admin = place('admin', 'vite --port 8025', 'admin/package.json:1:36')
  const mail = place('mail', '127.0.0.1:8025:8025', 'compose.yaml:7:13')
  const api = place('api', '8080:4000', 'compose.yaml:10:13')
  const queue = place('queue', '6379:6379', 'compose.yaml:15:13')
  const url = place('api', 'redis://localhost:6379', 'compose.yaml:12:18')
  const database = place('database', '5432:5432', 'compose.yaml:19:13')
  const shop = scanOf(
    [
      claim(admin, 8_025),
      claim(mail, 8_025),
      claim(api, 8_080, 'staging'),
      claim(queue, 6_379),
      claim(database, 5_432, 'staging'),
    ],
    [
      finding([admin, mail], 8_025, {
        sentence: 'Port 8025 of this machine is claimed by admin and mail.',
        remedy: 'Give all but one of them another port; 8026 is claimed by nobody here.',
      }),
      finding([url, queue], 6_379, {
        rule: 'dangling-consumer',
        severity: 'warning',
        sentence:
          'Inside the container of api, localhost is the container itself; queue is another one.',
        remedy: 'Connect to queue:6379.',
      }),
      finding([api], 8_080, {
        rule: 'undeclared',
        severity: 'note',
        sentence: 'No contract says anything about port 8080 of api.',
        remedy: 'Give api a range in a contract of the kind Ports.',
      }),
    ],
  )
  const teller = place('teller', '8080:80', 'deploy/compose.yaml:7:13')
  const cache = place('cache', '6379:6379', 'deploy/compose.yaml:12:13')
  const store = place('store', '5432:5432', 'compose.yaml:4:13')
  return {
    shop,
    bank: scanOf([claim(teller, 8_080, 'staging'), claim(cache, 6_379)]),
    mail: scanOf([claim(store, 5_432)]),
  }
}
