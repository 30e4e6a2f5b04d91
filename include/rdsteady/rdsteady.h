// The whole of rdsteady's library.
#pragma once

#include "rdsteady/client.h"
#include "rdsteady/error.h"
#include "rdsteady/event.h"
#include "rdsteady/manifest.h"
#include "rdsteady/outcome.h"
#include "rdsteady/plan.h"
#include "rdsteady/value.h"
