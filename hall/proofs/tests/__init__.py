"""Who may see and change what: every route, every actor, every scope.

HALL_PROOFS=long          10,000 canary requests instead of 600, and the two-sample test of answering times
HALL_PROOFS_MODULES=a,b   only the routes of these modules
"""
