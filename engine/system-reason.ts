// What the system said of a file, a folder, a port or a host, in words and by its code: never the error's own message,
// which may quote what it was about.
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'another process listens there',
  EADDRNOTAVAIL: 'the address is none of this machine',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the other side closed the connection',
  EHOSTUNREACH: 'no way leads to the host',
  EISDIR: 'it is a folder',
  ELOOP: 'too many links',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENETUNREACH: 'no way leads to the network',
  ENOENT: 'it does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  ENOTFOUND: 'the host name is not known',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ETIMEDOUT: 'no answer in time',
}

export const reasonOfCode = (code: string): string | undefined => reasons[code]

/** As in "… cannot be read: it does not exist (ENOENT)". */
export const systemReason = (error: unknown): string => {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  if (typeof code !== 'string' || !/^\w{1,64}$/.test(code)) return 'for an unknown reason'
  const words = reasons[code]
  return words === undefined ? code : `${words} (${code})`
}
