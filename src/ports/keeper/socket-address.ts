/** Addresses as the kernel takes them: the bytes of a sockaddr. */

/** Where systems differ. @source socket(7), ip(7), ipv6(7); sys/socket.h of macOS */
export interface SocketConstants {
  readonly inet6: number
  readonly solSocket: number
  readonly reuseAddress: number
  readonly ipv6: number
  readonly ipv6Only: number
  /** Added to the type of a socket, so that no program inherits it by accident. */
  readonly closeOnExec: number
  /** Whether a sockaddr begins with its length. */
  readonly hasLength: boolean
}

/** By the name that Node gives the system; another one cannot hold. */
export const SOCKET_CONSTANTS: Readonly<Record<string, SocketConstants>> = {
  linux: {
    inet6: 10,
    solSocket: 1,
    reuseAddress: 2,
    ipv6: 41,
    ipv6Only: 26,
    closeOnExec: 0o2000000,
    hasLength: false,
  },
  darwin: {
    inet6: 30,
    solSocket: 0xffff,
    reuseAddress: 4,
    ipv6: 41,
    ipv6Only: 27,
    closeOnExec: 0,
    hasLength: true,
  },
}

export const AF_INET = 2

/** The sockaddr of a literal address; undefined when it is none, or names a zone. */
export function socketAddress(
  { address, port }: { readonly address: string; readonly port: number },
  constants: SocketConstants,
): Buffer | undefined {
  const bytes = address.includes(':') ? parseIpv6(address) : parseIpv4(address)
  if (bytes === undefined) return undefined
  const isV6 = bytes.length === 16
  const buffer = Buffer.alloc(isV6 ? 28 : 16)
  const family = isV6 ? constants.inet6 : AF_INET
  if (constants.hasLength) buffer.writeUInt8(buffer.length, 0)
  if (constants.hasLength) buffer.writeUInt8(family, 1)
  else new Uint16Array(buffer.buffer, buffer.byteOffset, 1)[0] = family
  buffer.writeUInt16BE(port, 2)
  buffer.set(bytes, isV6 ? 8 : 4)
  return buffer
}

function parseIpv4(address: string): readonly number[] | undefined {
  const bytes = address.split('.').map(Number)
  const isValid = bytes.length === 4 && bytes.every((byte) => byte >= 0 && byte <= 255)
  return isValid ? bytes : undefined
}

function parseIpv6(address: string): readonly number[] | undefined {
  const halves = address.split('::')
  if (halves.length > 2 || address.includes('%') || address.includes('.')) return undefined
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const gap = halves.length === 2 ? 8 - head.length - tail.length : 0
  if (gap < 0) return undefined
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail]
  if (groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    return undefined
  }
  return groups.flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 0xff]
  })
}
