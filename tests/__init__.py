"""The test pyramid: unit, contract, flow, integration, browser, chaos."""
