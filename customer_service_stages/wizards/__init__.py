from . import journey_assign, journey_move
