import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeCertificate, openssl } from '../../../test/support/certificates.ts'
import { isFault } from '../../core/fault/fault.ts'
import { readClientCertificate } from './client-certificate.ts'

test(
  'a certificate is shown with its key alone, and as it is, also past its end',
  openssl,
  async (t) => {
    const { certificateFile, keyFile, ...old } = await makeCertificate(t, { days: -1 })
    const other = await makeCertificate(t)
    assert.deepEqual(readClientCertificate({ certificate: certificateFile, key: keyFile }), {
      cert: old.certificate,
      key: old.key,
    })
    assert.throws(
      () => readClientCertificate({ certificate: certificateFile, key: other.keyFile }),
      (error) => isFault(error, 'certificate-unusable') && error.subject === other.keyFile,
    )
  },
)
