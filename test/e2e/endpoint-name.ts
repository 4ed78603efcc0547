/** The tag of the image that the tests of published containers share: each run has its own, and takes it away again. */
export const endpointName = (): string => `antidotelabs/e2e-endpoint:${process.env.ANTIDOTE_E2E_RUN}`
