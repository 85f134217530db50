import { nobleXChaCha20Poly1305 } from '../../../../engine/worker/cipher/xchacha20-poly1305-noble.js'
import { xchacha20Poly1305Conformance } from '../../../suites/xchacha20-poly1305.js'

xchacha20Poly1305Conformance(nobleXChaCha20Poly1305, 1_000)
