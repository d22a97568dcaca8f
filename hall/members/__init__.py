"""Members 党员与人员: who belongs, where their formal relation stands, what is known about them and who looked at it."""
