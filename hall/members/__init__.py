"""Members 党员与人员: who belongs, where the formal relation stands, what is known of them and who looked at it."""
