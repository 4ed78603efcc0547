/** The version of the core's own taps; raised when one of them gives another result for the same input. */
export const CORE_VERSION = '1'
