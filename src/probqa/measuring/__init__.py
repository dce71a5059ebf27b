"""From files of questions to scores, and to the calibration that a status comes from."""
