// What RDS offers, as checks of what is stated: versions, upgrade targets, classes with their storage and features,
// snapshots, option groups. They read Sight::offers and are silent where nothing was asked. Internal.
//
// Source: DescribeDBEngineVersions, DescribeOrderableDBInstanceOptions and their like answer what the creating and the
// modifying calls would refuse afterwards.
#pragma once

#include <string>

#include "model/kinds/kind.h"

namespace rdsteady::model::db_instance {

extern const Preflight kPreflights[6];

// ---- version -------------------------------------------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToUnknownVersion(const Sight& sight);
[[nodiscard]] std::string ObjectionToUpgradePath(const Sight& sight);
[[nodiscard]] std::string UpgradeTargetsHint(const Sight& sight);
[[nodiscard]] std::string ObjectionToGroupFamily(const Sight& sight);
[[nodiscard]] std::string ObjectionToLogTypes(const Sight& sight);
[[nodiscard]] std::string ObjectionToCertificate(const Sight& sight);
// Whether a new certificate restarts the database, as the version says: yes, no, or not known.
[[nodiscard]] Maybe CertificateNeedsRestart(const Sight& sight);

// ---- class and what it can do --------------------------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToClass(const Sight& sight);
[[nodiscard]] std::string ObjectionToClassOfVersion(const Sight& sight);  // the class stays, the version changes
[[nodiscard]] std::string ObjectionToClassBeforeVersion(const Sight& sight);

// Properties that a class offers or not.
enum class Offer : std::uint8_t {
  kStorageType,
  kAllocatedStorage,
  kIops,
  kStorageThroughput,
  kMultiAZ,
  kStorageEncrypted,
  kPerformanceInsights,
  kIamAuthentication,
  kDomain,
  kDedicatedLogVolume,
  kAutoscaling,
  kMonitoring,
  kNetworkType,
  kAvailabilityZone,
};
[[nodiscard]] std::string ObjectionToOffer(const Sight& sight, Offer offer);
template <Offer kOffer>
[[nodiscard]] std::string NotOffered(const Sight& sight) {
  return ObjectionToOffer(sight, kOffer);
}

// ---- what is named -------------------------------------------------------------------------------------------------
[[nodiscard]] std::string ObjectionToMissingSnapshot(const Sight& sight);
[[nodiscard]] std::string ObjectionToMissingOptionGroup(const Sight& sight);
[[nodiscard]] std::string ObjectionToReplicaSource(const Sight& sight);
[[nodiscard]] std::string ObjectionToRestoreSource(const Sight& sight);

}  // namespace rdsteady::model::db_instance
